using System.Management.Automation;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>What the cmdlets share that read Diffie-Hellman files: those of <see cref="DhCmdlet"/> with -Path and -LiteralPath.</summary>
public abstract class DhFileCmdlet : InputFileCmdlet
{
    /// <inheritdoc cref="DhCmdlet.AllowWeakParameter"/>
    [Parameter]
    public SwitchParameter AllowWeakParameter { get; set; }

    /// <inheritdoc cref="DhCmdlet.Policy"/>
    private protected DhPolicy Policy => new() { AllowWeakParameter = AllowWeakParameter };
}
