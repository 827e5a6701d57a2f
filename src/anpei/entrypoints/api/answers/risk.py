"""Answers about risk, for those who decide claims."""

from anpei.entrypoints.api.answers.base import Answer


class RiskReason(Answer):
    """What moved the score: the feature, its value (left out where it tells of an illness), its share in thousandths of log-odds."""

    feature: str
    title: str
    value: str | None
    share_milli: int


class RiskScore(Answer):
    """The chance in basis points and the point from which a person looks; both null when the model in use could not be read."""

    model: str
    score_bp: int | None
    refer_at_bp: int | None
    reasons: list[RiskReason]


class RiskLink(Answer):
    """Two claims share a value of this kind; ``mark`` names the value by the first digits of its blind form."""

    claim_id: str
    other: str
    kind: str
    mark: str
    depth: int
    same_person: bool


class RiskHub(Answer):
    """A value that more claims than ``above`` share, so that it links nothing."""

    kind: str
    mark: str
    above: int


class ClaimRisk(Answer):
    """Score and links of the claim's newest round that has them."""

    claim_id: str
    score: RiskScore | None
    links: list[RiskLink]
    hubs: list[RiskHub]
    truncated: bool
    persons: dict[str, int]
