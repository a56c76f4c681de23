"""The engine: microphone to text to tokens to speaker, without Qt and without a network."""
