"""The built-in carrier: phones, a network with a seed, and Twilio's HTTP before it. Production never imports it."""
