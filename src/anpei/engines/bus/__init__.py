"""Bus (事件总线): hands an event to its reactions inside the transaction that caused it. Reactions write rows and jobs only."""

from anpei.engines.bus.bus import Bus, Emit

__all__ = ["Bus", "Emit"]
