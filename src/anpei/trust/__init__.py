"""Trust (信任): vault, access, trail, signing, identity. Imports run ``identity > signing > trail > access > vault``."""
