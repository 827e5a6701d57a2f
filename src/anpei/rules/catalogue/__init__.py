"""The compiled catalogue (编译目录): opaque words by region, item and day, in mapped columns of about eight bytes an entry.

Owns the columns ``catalogue_*`` of a snapshot. ``compiling`` writes them from sorted chunks in bounded memory, ``opening`` maps them
and answers (Python and numpy), ``kernels`` answers inside compiled loops; all three give the same answers. What a word and a detail
mean is the caller's matter. Emits no events.

One bitmap over the item ids of a region says which items it has; the rank of an item's bit is the place of its slot. Regions that
have few items hold sorted ids instead. A slot is a period (16 bits, of the region's own table, never 0) and a word (48 bits).
Older periods of an item lie in further layers of the same form: a day before the period of one layer is looked up in the next.
"""
