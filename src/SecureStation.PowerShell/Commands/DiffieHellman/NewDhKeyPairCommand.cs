using System.Management.Automation;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>New-DhKeyPair: a fresh private key and its public value.</summary>
[Cmdlet(VerbsCommon.New, "DhKeyPair", DefaultParameterSetName = GroupSet)]
[OutputType(typeof(DhKeyPair))]
public sealed class NewDhKeyPairCommand : DhCmdlet
{
    private const string GroupSet = "Group";
    private const string ParameterSet = "Parameter";

    /// <summary>X25519, or the name of a finite-field group.</summary>
    [Parameter(ParameterSetName = GroupSet, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.DhKeyGroupCompleter))]
    public string Group { get; set; } = nameof(DhAlgorithm.X25519);

    /// <summary>The parameters of a finite-field group.</summary>
    [Parameter(ParameterSetName = ParameterSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public DhParameter? Parameter { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Parameter ?? (object)Group;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == GroupSet && Group.Equals(nameof(DhAlgorithm.X25519), StringComparison.OrdinalIgnoreCase))
        {
            WriteObject(DhKeyPair.GenerateX25519());
            return;
        }

        DhParameter parameter = Parameter ?? DhGroup.Get(Group).Parameter;
        DhKeyPair keyPair = Compute(token => DhKeyPair.Generate(parameter, Policy, token), abandoned: late => late.Dispose());
        this.WarnIfWeak(parameter);
        WriteObject(keyPair);
    }
}
