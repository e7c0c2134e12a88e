"""Match printed names to authority lists: ISO 3166-1 alpha-3; the areas of Xinjiang."""
