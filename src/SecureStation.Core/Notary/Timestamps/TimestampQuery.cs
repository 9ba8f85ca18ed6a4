using System.Formats.Asn1;
using System.Security.Cryptography.Pkcs;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>A request as an authority reads it: the parts that it repeats are kept byte for byte.</summary>
internal sealed class TimestampQuery
{
    private TimestampQuery(ReadOnlyMemory<byte> messageImprint, ReadOnlyMemory<byte> nonce, string? policy, bool wantsCertificate)
    {
        MessageImprint = messageImprint;
        Nonce = nonce;
        Policy = policy;
        WantsCertificate = wantsCertificate;
    }

    /// <summary>The encoded MessageImprint.</summary>
    public ReadOnlyMemory<byte> MessageImprint { get; }

    /// <summary>The encoded INTEGER; empty for none.</summary>
    public ReadOnlyMemory<byte> Nonce { get; }

    public string? Policy { get; }

    public bool WantsCertificate { get; }

    /// <summary>Reads a request, or says which answer it gets.</summary>
    // TimeStampReq ::= SEQUENCE {
    //     version         INTEGER (1),
    //     messageImprint  SEQUENCE { AlgorithmIdentifier, OCTET STRING },
    //     reqPolicy       OBJECT IDENTIFIER OPTIONAL,
    //     nonce           INTEGER OPTIONAL,
    //     certReq         BOOLEAN DEFAULT FALSE,
    //     extensions  [0] Extensions OPTIONAL }
    public static TimestampQuery? Read(ReadOnlyMemory<byte> encoded, out PkiFailureInfo failure, out string problem)
    {
        failure = PkiFailureInfo.BadDataFormat;
        problem = "The request is not a well-formed TimeStampReq.";
        if (encoded.Length > TimeStampRequest.MaxSize
            || !Rfc3161TimestampRequest.TryDecode(encoded, out Rfc3161TimestampRequest? request, out int consumed)
            || consumed != encoded.Length)
        {
            return null;
        }

        if (request.Version != 1)
        {
            failure = PkiFailureInfo.BadRequest;
            problem = $"Version {request.Version} of TimeStampReq is not supported; 1 is.";
            return null;
        }

        if (TimestampOids.HashOf(request.HashAlgorithmId.Value) is not { } hash)
        {
            failure = PkiFailureInfo.BadAlg;
            problem = "The hash must be SHA-256, SHA-384 or SHA-512.";
            return null;
        }

        if (request.GetMessageHash().Length != TimestampOids.SizeOf(hash))
        {
            problem = $"The imprint is not of the length of {hash.Name}.";
            return null;
        }

        if (request.HasExtensions)
        {
            failure = PkiFailureInfo.UnacceptedExtension;
            problem = "No extension is supported.";
            return null;
        }

        return Find(encoded, request, ref failure, ref problem);
    }

    // What the BCL has read once is found again here, under DER: what goes into a token must be DER too.
    private static TimestampQuery? Find(ReadOnlyMemory<byte> encoded, Rfc3161TimestampRequest request, ref PkiFailureInfo failure, ref string problem)
    {
        try
        {
            AsnReader reader = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
            reader.ReadInteger();
            ReadOnlyMemory<byte> imprint = reader.ReadEncodedValue();
            if (HasHashParameters(imprint))
            {
                failure = PkiFailureInfo.BadAlg;
                problem = "The hash takes no parameters.";
                return null;
            }

            if (request.RequestedPolicyId is not null)
            {
                reader.ReadObjectIdentifier();
            }

            ReadOnlyMemory<byte> nonce = request.GetNonce() is null ? default : reader.ReadEncodedValue();
            if (reader.HasData && reader.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
            {
                reader.ReadBoolean();
            }

            reader.ThrowIfNotEmpty();
            return new TimestampQuery(imprint, nonce, request.RequestedPolicyId?.Value, request.RequestSignerCertificate);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    // Absent, or NULL (RFC 5754, 2).
    private static bool HasHashParameters(ReadOnlyMemory<byte> imprint)
    {
        AsnReader algorithm = new AsnReader(imprint, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        algorithm.ReadObjectIdentifier();
        return algorithm.HasData && !algorithm.PeekTag().HasSameClassAndValue(Asn1Tag.Null);
    }
}
