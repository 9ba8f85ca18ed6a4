namespace SecureStation.Serialization;

/// <summary>An object to be sent holds a secret. Turning it into text would send it unnoticed.</summary>
internal sealed class SecretException(Type type, string where)
    : InvalidOperationException($"The object holds a {type.Name}{where}. Secrets are not sent as part of an object.");
