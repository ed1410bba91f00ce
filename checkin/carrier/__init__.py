"""The carrier: one port, and Twilio behind it."""
