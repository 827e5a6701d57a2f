"""Rule templates (规则模板): their files, their compiled form, whether parameters fit them, the library with examples that run."""
