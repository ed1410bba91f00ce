"""The built-in carrier: phones, a network with a seed, and Twilio's HTTP in front of it. Production never imports it."""
