"""The study's models: how each is made, stored, measured and recorded. Entry point: ../build.py."""
