"""The business: what a data asset, a rule, a score and a verdict are. Pure; pydantic is the only third party."""
