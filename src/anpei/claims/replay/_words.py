"""The words of the report: Chinese and English, by id."""

LANES = {
    "unattended": ("无人工", "unattended"), "fast": ("快赔", "fast"), "specialist": ("专家", "specialist"),
    "investigation": ("调查", "investigation"), "None": ("—", "—"),
}  # fmt: skip
CAUSES = {
    "rules": ("规则", "rules"),
    "catalogue": ("目录", "catalogue"),
    "product": ("产品条款", "product"),
    "findings": ("处置表", "findings table"),
}
WORDS = {
    "title": ("回溯重算：过去的赔案重新计算", "Replay: past claims calculated again"),
    "simulated": ("模拟数据", "Simulated data"),
    "passes": ("旧快照 {old}（{old_on}）→ 新快照 {new}（{new_on}）", "Old snapshot {old} ({old_on}) → new snapshot {new} ({new_on})"),
    "changed": (
        "变更：规则 {rows} 条，涉及 {subjects} 个对象；目录 {items} 项，{regions} 个地区。",
        "Changed: {rows} rule rows about {subjects} subjects; {items} catalogue items, regions: {regions}.",
    ),
    "changed_product": ("产品条款有变更。", "Product terms changed."),
    "changed_findings": ("处置表有变更，所有赔案都重新计算。", "The findings table changed: every claim was decided again."),
    "too_little": ("应补付", "Paid too little"),
    "too_little_more": (
        "{count} 件赔案少付。请有权限的人核对并签字后补付。",
        "{count} claims. To be paid after a person with the authority has signed.",
    ),
    "too_much": ("曾多付", "Paid too much"),
    "too_much_more": ("{count} 件。仅供人工了解，不会自动追回。", "{count} claims. For a person to know; nothing is taken back."),
    "touched": ("受影响的赔案", "Claims touched"),
    "touched_more": ("共 {claims} 件赔案，其中 {differ} 件结果不同。", "Of {claims} claims; the result of {differ} differs."),
    "automation": ("自动化率", "Automation rate"),
    "automation_more": (
        "旧 {then} → 新 {after}。新规则的漏损：尚不可知，须经盲审测量。",
        "Old {then} → new {after}. Leak under the new rules: not known until measured by blind review.",
    ),
    "money_title": ("自动结算金额，按产品（仅结果不同的赔案）", "Settled by the machine, by product (claims that differ)"),
    "reasons_title": ("转人工的原因，件数（仅结果不同的赔案）", "Why claims go to a person (claims that differ)"),
    "moves_title": ("通道变化，件数", "Changes of lane"),
    "causes_title": ("差额来自哪里", "What the amounts come from"),
    "old": ("旧", "old"), "new": ("新", "new"), "less": ("少付", "too little"), "more": ("多付", "too much"), "count": ("件", "claims"),
    "supplements_title": ("少付最多的赔案", "Largest amounts paid too little"),
    "overpaid_title": ("多付最多的赔案（仅供了解）", "Largest amounts paid too much (information)"),
    "rules_title": ("差异最多的规则", "Rules that differ for most claims"),
    "lanes_title": ("通道改变的赔案", "Claims whose lane changes"),
    "unread_title": ("未能计算的赔案", "Claims that could not be decided"),
    "claim": ("赔案", "Claim"), "product": ("产品", "Product"), "paid": ("已付", "Paid"), "due": ("应付", "Due"),
    "difference": ("差额", "Difference"),
    "why": ("原因", "Cause"), "rules": ("规则号", "Rule ids"), "rule": ("规则", "Rule"), "hits_new": ("新命中", "New hits"),
    "hits_gone": ("不再命中", "Gone"), "from": ("原通道", "From"), "to": ("新通道", "To"), "reason": ("理由", "Reason"),
    "shown": ("列出前 {shown} 件，共 {whole} 件；全部见 Parquet 文件。", "The first {shown} of {whole}; all stand in the Parquet files."),
    "nothing": ("没有。", "None."),
    "notes_title": ("这份报告怎么看", "How to read this"),
    "note_pure": (
        "每件赔案用当时的事实、当时已用的额度和出险日的条款，按新旧两份快照各算一遍。",
        "Each claim is decided twice, with the facts of then, what was used of limits then, and the terms of its day of loss.",
    ),
    "note_later": (
        "有 {count} 件改变了额度的使用，同一保单后来的赔案也可能随之改变，补付前须一并核对。",
        "{count} claims use more or less of a limit now; later claims of the same policy may change too and are checked before payment.",
    ),
    "note_record": (
        "{count} 件自动结算的记录与旧快照算出的结果不同（例如当时由别的快照决定），不在补付清单里，须人工核对。",
        "{count} automatic settlements on record are not what the old snapshot gives (another one decided, say). A person looks.",
    ),
    "note_person": (
        "由人决定过的拒赔或核减不会被改写，只提示人工复核。",
        "What a person refused or reduced is never overwritten: it is shown to a person.",
    ),
}  # fmt: skip
