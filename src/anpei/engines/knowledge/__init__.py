"""Knowledge files (知识文件): dated YAML data, shipped with the package and overlaid by the adopter's own folder.

Every file is checked against a schema; an error names the file, the line, the field and what would be right.
"""

from anpei.engines.knowledge.files import KnowledgeError, Rulebook, parse_text, shipped_rulebook

__all__ = ["KnowledgeError", "Rulebook", "parse_text", "shipped_rulebook"]
