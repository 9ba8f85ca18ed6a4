using System.Formats.Asn1;
using SecureStation.Core.Keys;

namespace SecureStation.Core.DiffieHellman;

/// <summary>What a file of a Diffie-Hellman key says of its algorithm, and so of its group.</summary>
/// <remarks>
/// <code>
/// AlgorithmIdentifier ::= SEQUENCE { OID, parameters }
///   dhKeyAgreement  1.2.840.113549.1.3.1   parameters as PKCS#3
///   dhpublicnumber  1.2.840.10046.2.1      parameters as X9.42
///   X25519          1.3.101.110            no parameters (RFC 8410)
/// </code>
/// </remarks>
internal static class DhAlgorithmIdentifier
{
    private const string DhKeyAgreement = "1.2.840.113549.1.3.1";
    private const string DhPublicNumber = "1.2.840.10046.2.1";
    private const string X25519 = "1.3.101.110";

    /// <summary>Reads the AlgorithmIdentifier: the parameters of a finite field, or null for X25519.</summary>
    public static DhParameter? Read(AsnReader info)
    {
        AsnReader algorithm = info.ReadSequence();
        string identifier = algorithm.ReadObjectIdentifier();
        DhParameter? parameter = identifier switch
        {
            DhKeyAgreement => DhParameterEncoding.ReadPkcs3(algorithm),
            DhPublicNumber => DhParameterEncoding.ReadX942(algorithm),
            X25519 => null,
            _ => throw KeyErrors.Invalid($"The key is no Diffie-Hellman key: its algorithm is {identifier}."),
        };
        algorithm.ThrowIfNotEmpty();
        return parameter;
    }

    public static void Write(AsnWriter writer, DhParameter? parameter, DhKeyFormat format)
    {
        RequireWritable(parameter, format);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(parameter is null ? X25519 : format == DhKeyFormat.X942 ? DhPublicNumber : DhKeyAgreement);
            if (parameter is null)
            {
                return;
            }

            if (format == DhKeyFormat.X942)
            {
                DhParameterEncoding.WriteX942(writer, parameter);
            }
            else
            {
                DhParameterEncoding.WritePkcs3(writer, parameter);
            }
        }
    }

    // X9.42 names q, the order of the generator. It is (p - 1) / 2 of a safe prime, unless the generator generates everything.
    public static void RequireWritable(DhParameter? parameter, DhKeyFormat format)
    {
        if (format != DhKeyFormat.X942)
        {
            return;
        }

        if (parameter is null)
        {
            throw new StationException(StationFault.InvalidArgument, "An X25519 key has no form of X9.42: that is for finite fields.");
        }

        if (parameter.GeneratesWholeGroup(CancellationToken.None))
        {
            throw new StationException(StationFault.InvalidArgument, "X9.42 wants a generator of order q = (p - 1) / 2; this one has 2q. Take a named group, such as ffdhe3072.");
        }
    }
}
