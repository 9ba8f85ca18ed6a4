namespace SecureStation.Legacy.PlainDh;

/// <summary>What the two sides of the old program say to each other.</summary>
/// <remarks>
/// <code>
/// 1 client  Hello
/// 2 server  Hey there!
/// 3 client  Params?
/// 4 server  PKCS#3 PEM (also with the label X9.42 DH PARAMETERS)
/// 5 client  Client public key:  then SubjectPublicKeyInfo PEM, with nothing between
/// 6 server  Server public key:  then SubjectPublicKeyInfo PEM; the connection closes
/// </code>
/// TCP without framing: each side reads up to 3072 bytes at once and strips white space around them. Nothing is terminated, so
/// a word is complete when all of it is there, and a PEM when its END line is.
/// </remarks>
internal static class PlainDhText
{
    internal const string Hello = "Hello";
    internal const string Greeting = "Hey there!";
    internal const string AskForParameters = "Params?";
    internal const string ClientKey = "Client public key:";
    internal const string ServerKey = "Server public key:";

    /// <summary>How every PEM block begins.</summary>
    internal const string PemStart = "-----BEGIN ";

    /// <summary>The answer to a wrong first or second message.</summary>
    internal const string NotUnderstood = "I do not understand you, hanging up";

    /// <summary>The answer to a wrong key. The old program may also just close.</summary>
    internal const string InvalidKey = "Invalid client public key, hanging up";

    /// <summary>The most bytes of one message: what one <c>recv</c> of the old program takes.</summary>
    internal const int MaximumLength = 3072;
}
