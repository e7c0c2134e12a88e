"""Commands that run, preview and schedule the pipeline."""
