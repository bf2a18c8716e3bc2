"""LoRaWAN: network servers and the codecs of the controllers behind them."""
