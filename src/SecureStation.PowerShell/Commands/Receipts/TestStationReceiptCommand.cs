using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Receipts;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Test-StationReceipt: verifies a signed receipt by the receiver's key alone; with -Detailed says what it proves and what not.</summary>
[Cmdlet(VerbsDiagnostic.Test, "StationReceipt", DefaultParameterSetName = PathSet)]
[OutputType(typeof(bool), typeof(ReceiptReport))]
public sealed class TestStationReceiptCommand : StationCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string ReceiptSet = "Receipt";

    /// <summary>Its file, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Its file, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>The receipt.</summary>
    [Parameter(ParameterSetName = ReceiptSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public ReceiptReference? Receipt { get; set; }

    /// <summary>The receiver: a name in the trust store, or a record.</summary>
    [Parameter]
    [PeerSource]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    public PeerReference? Peer { get; set; }

    /// <summary>The fingerprint of the receiver's key.</summary>
    [Parameter]
    [FingerprintSource]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.PeerFingerprintCompleter))]
    public Fingerprint? Fingerprint { get; set; }

    /// <summary>The receiver's public key.</summary>
    [Parameter]
    [ValidateNotNull]
    public StationPublicKey? PublicKey { get; set; }

    /// <summary>The trust store in which a name of -Peer is looked up; the user's own where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TrustStore { get; set; }

    /// <summary>Writes the report instead of true or false.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName switch
    {
        PathSet => Path,
        LiteralPathSet => LiteralPath,
        _ => Receipt,
    };

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        Fingerprint receiver = FindReceiver();
        if (ParameterSetName == ReceiptSet)
        {
            Test(Receipt!.Resolve(), receiver);
            return;
        }

        bool isLiteral = ParameterSetName == LiteralPathSet;
        foreach (string file in PathResolver.Existing(this, isLiteral ? LiteralPath : Path, isLiteral))
        {
            TestFile(file, receiver);
        }
    }

    private Fingerprint FindReceiver()
    {
        if ((Peer is null ? 0 : 1) + (Fingerprint is null ? 0 : 1) + (PublicKey is null ? 0 : 1) != 1)
        {
            throw new StationException(StationFault.InvalidArgument, "Say who is to have received the message, by what you know from elsewhere: one of -Peer, -Fingerprint and -PublicKey.");
        }

        if (Peer is null)
        {
            return Fingerprint ?? PublicKey!.Fingerprint;
        }

        string directory = TrustStore is null ? Peer.Directory ?? FileTrustStore.DefaultDirectory : PathResolver.Unresolved(this, TrustStore);
        return Peer.Resolve(new FileTrustStore(directory)).Fingerprint;
    }

    private void TestFile(string file, Fingerprint receiver)
    {
        try
        {
            Test(ReceiptFile.Read(file), receiver);
        }
        catch (StationException notOne) when (notOne.Fault == StationFault.InvalidReceipt && !Detailed)
        {
            // What is no receipt is not a valid one.
            WriteVerbose(notOne.Message);
            WriteObject(false);
        }
        catch (StationException failure)
        {
            WriteFailure(failure, file);
        }
    }

    private void Test(SignedReceipt receipt, Fingerprint receiver)
    {
        ReceiptReport report = ReceiptVerifier.Verify(receipt, receiver);
        WriteVerbose(report.ToString());
        foreach (string line in report.Proves.Concat(report.DoesNotProve.Select(static line => $"Not proven: {line}")))
        {
            WriteVerbose(line);
        }

        WriteObject(Detailed ? report : report.IsValid);
    }
}
