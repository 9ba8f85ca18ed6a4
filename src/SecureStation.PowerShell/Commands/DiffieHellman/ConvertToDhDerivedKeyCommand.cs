using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security.Cryptography;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>ConvertTo-DhDerivedKey: derives a key from a secret with HKDF (RFC 5869).</summary>
[Cmdlet(VerbsData.ConvertTo, "DhDerivedKey")]
[OutputType(typeof(DhDerivedKey))]
public sealed class ConvertToDhDerivedKeyCommand : StationCmdlet
{
    /// <summary>The secret.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public DhSharedSecret? SharedSecret { get; set; }

    /// <summary>The length of the key in bytes.</summary>
    [Parameter]
    public int Length { get; set; } = 32;

    /// <summary>What the key is for: text or bytes.</summary>
    [Parameter]
    [BytesOrText]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public byte[] Info { get; set; } = [];

    /// <summary>The salt: text or bytes.</summary>
    [Parameter]
    [BytesOrText]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public byte[] Salt { get; set; } = [];

    /// <summary>The hash.</summary>
    [Parameter]
    [ValidateSet("SHA256", "SHA384", "SHA512")]
    public string HashAlgorithm { get; set; } = "SHA256";

    /// <inheritdoc/>
    protected override object? ErrorTarget => Length;

    /// <inheritdoc/>
    protected override void ProcessInput() =>
        WriteObject(SharedSecret!.DeriveKey(Length, Salt, Info, new HashAlgorithmName(HashAlgorithm.ToUpperInvariant())));
}
