"""Named for what they do; `schema.REVISIONS` lists their order."""
