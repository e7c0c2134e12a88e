"""Run the main job: build, validate and publish each package that changed."""
