using SecureStation.Core.Messages;

namespace SecureStation.Core.Transfers;

/// <summary>
/// The service <c>document</c> of a session: sends a file with its timestamp and gets a verdict. It is not part of the service
/// <c>notary</c>, because whoever takes documents need not sign any.
/// <code>
/// begin  headers transfer (32 hex digits, random), name, size (decimal); body the .tsr      answered: go, or verdict
/// part   header transfer; body 256 KiB at most                                              not answered
/// end    header transfer                                                                   answered: verdict
/// </code>
/// Every message has a header <c>step</c> with the word on the left; an answer's is <c>go</c> or <c>verdict</c>, the latter with the JSON
/// of <see cref="DocumentVerdict"/>.
/// </summary>
internal static class DocumentService
{
    public const string Name = "document";
    public const int PartSize = 256 * 1024;
    public const int MaxFileName = 200;

    public const string Step = "step";
    public const string Begin = "begin";
    public const string Part = "part";
    public const string End = "end";
    public const string Go = "go";
    public const string Verdict = "verdict";

    public const string Transfer = "transfer";
    public const string FileName = "name";
    public const string Size = "size";

    public static OutgoingMessage Message(string step, ReadOnlyMemory<byte> body, ulong inReplyTo, params IEnumerable<KeyValuePair<string, string>> headers) =>
        new(StationMessageKind.Service, body)
        {
            InReplyTo = inReplyTo,
            Headers = [new(OutgoingMessage.ServiceHeader, Name), new(Step, step), .. headers],
        };
}
