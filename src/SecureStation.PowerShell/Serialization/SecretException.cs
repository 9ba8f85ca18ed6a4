namespace SecureStation.Serialization;

/// <summary>An object to be sent holds a secret. Turning it into text would send it unnoticed.</summary>
internal sealed class SecretException(Type type)
    : InvalidOperationException($"The object holds a {type.Name}. Secrets are not sent as part of an object.");
