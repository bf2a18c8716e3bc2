"""Radio gateways: what each is called and where it stands."""
