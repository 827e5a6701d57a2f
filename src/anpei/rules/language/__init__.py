"""The closed, typed expression language of rule templates: comparison, and/or/not, in, whole-number arithmetic, a few functions.

There is no way from an expression to Python. Logic is three-valued: an unknown fact makes a comparison unknown, never true.
"""

from anpei.rules.language.expression import Environment, Expression, Scope, compile_expression
from anpei.rules.language.syntax import ExpressionError

__all__ = ["Environment", "Expression", "ExpressionError", "Scope", "compile_expression"]
