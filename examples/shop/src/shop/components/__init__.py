from shop.components.sql_models import SqlModels

__all__ = ["SqlModels"]
