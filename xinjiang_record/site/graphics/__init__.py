"""Draw maps, charts and cards as SVG and PNG."""
