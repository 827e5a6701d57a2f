"""What every answer is made of: nothing that is not named leaves the house; codes with titles; amounts in fen and in words."""

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """The base of every answer: nothing that is not named leaves the house."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Coded(Answer):
    """A code with its title in the language asked for."""

    code: str
    title: str


class Amount(Answer):
    """An amount: exact in fen, and written for people."""

    fen: int
    text: str
