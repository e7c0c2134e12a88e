"""Write what a release says about itself; ``dialects`` lists the modules that do."""
