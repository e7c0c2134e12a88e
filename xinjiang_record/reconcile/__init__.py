"""Match printed names to authority lists: ISO 3166-1 alpha-3; the areas of Xinjiang."""

from xinjiang_record.reconcile.countries import (
    Match,
    name_of,
    reconcile,
    reconcile_all,
    reconcile_list,
)
from xinjiang_record.reconcile.iso3166 import country_rows

__all__ = ["Match", "country_rows", "name_of", "reconcile", "reconcile_all", "reconcile_list"]
