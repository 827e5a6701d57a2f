"""The invented world behind the pages: hospitals, items, people and the medical visits that produce documents."""
