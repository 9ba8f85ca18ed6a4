using System.Formats.Asn1;
using System.Numerics;

namespace SecureStation.Core.DiffieHellman;

/// <summary>The files of Diffie-Hellman parameters.</summary>
/// <remarks>
/// <code>
/// PKCS#3   DHParameter      ::= SEQUENCE { prime INTEGER, base INTEGER, privateValueLength INTEGER OPTIONAL }
/// X9.42    DomainParameters ::= SEQUENCE { p INTEGER, g INTEGER, q INTEGER, j INTEGER OPTIONAL, validationParms SEQUENCE OPTIONAL }
/// </code>
/// </remarks>
internal static class DhParameterEncoding
{
    internal const string Pkcs3Label = "DH PARAMETERS";
    internal const string X942Label = "X9.42 DH PARAMETERS";

    internal static DhParameter Read(ReadOnlySpan<byte> pemOrDer)
    {
        DhPem file = DhPem.Read(pemOrDer);
        if (file.Label is not (null or Pkcs3Label or X942Label))
        {
            throw new StationException(StationFault.InvalidParameter, $"The file holds '{file.Label}', not '{Pkcs3Label}'.");
        }

        try
        {
            var reader = new AsnReader(file.Der, AsnEncodingRules.DER);
            DhParameter parameter = IsX942(file) ? ReadX942(reader) : ReadPkcs3(reader);
            reader.ThrowIfNotEmpty();
            return parameter;
        }
        catch (AsnContentException malformed)
        {
            throw new StationException(StationFault.InvalidParameter, "The file holds no Diffie-Hellman parameters in DER.", malformed);
        }
    }

    /// <summary>Reads the SEQUENCE of PKCS#3.</summary>
    internal static DhParameter ReadPkcs3(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        BigInteger prime = sequence.ReadInteger();
        BigInteger generator = sequence.ReadInteger();
        int? privateLength = null;
        if (sequence.HasData)
        {
            if (!sequence.TryReadInt32(out int length))
            {
                throw new AsnContentException("privateValueLength is out of range.");
            }

            privateLength = length;
        }

        sequence.ThrowIfNotEmpty();
        return Known(new DhParameter(prime, generator, privateLength));
    }

    /// <summary>Reads the SEQUENCE of X9.42. What proves how the prime was made is not needed: the prime itself is tested.</summary>
    internal static DhParameter ReadX942(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        BigInteger prime = sequence.ReadInteger();
        BigInteger generator = sequence.ReadInteger();
        BigInteger order = sequence.ReadInteger();
        if (sequence.HasData && sequence.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            sequence.ReadIntegerBytes();
        }

        if (sequence.HasData)
        {
            sequence.ReadSequence();
        }

        sequence.ThrowIfNotEmpty();
        return Known(new DhParameter(prime, generator, privateLength: null, order));
    }

    internal static byte[] WriteDer(DhParameter parameter)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        WritePkcs3(writer, parameter);
        return writer.Encode();
    }

    internal static void WritePkcs3(AsnWriter writer, DhParameter parameter)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(parameter.Prime);
            writer.WriteInteger(parameter.Generator);
            if (parameter.PrivateLength is { } length)
            {
                writer.WriteInteger(length);
            }
        }
    }

    /// <summary>SEQUENCE { p, g, q } of a safe prime p, where q = (p - 1) / 2 is the order of g.</summary>
    internal static void WriteX942(AsnWriter writer, DhParameter parameter)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(parameter.Prime);
            writer.WriteInteger(parameter.Generator);
            writer.WriteInteger(parameter.Prime >> 1);
        }
    }

    internal static string WritePem(DhParameter parameter) => DhPem.WritePem(Pkcs3Label, WriteDer(parameter));

    // DER does not say which of the two it is. The third INTEGER does: a length is short, q nearly as long as p.
    private static bool IsX942(DhPem file)
    {
        if (file.Label is not null)
        {
            return file.Label == X942Label;
        }

        AsnReader sequence = new AsnReader(file.Der, AsnEncodingRules.DER).ReadSequence();
        sequence.ReadIntegerBytes();
        sequence.ReadIntegerBytes();
        return sequence.HasData && sequence.ReadIntegerBytes().Length > sizeof(int);
    }

    // One object a known group: it keeps its report.
    private static DhParameter Known(DhParameter read) =>
        read.PrivateLength is null && read.SubgroupOrder is null && read.Group is { } group ? group.Parameter : read;
}
