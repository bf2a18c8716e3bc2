"""Controllers on NB-IoT, LTE-M or 2.5G that publish JSON or CBOR over MQTT, described as data."""
