"""What the screens read: one function a screen, plain dataclasses out. No clock and no request in here."""
