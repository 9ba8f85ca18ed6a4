using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Protocols;

namespace SecureStation.Commands;

/// <summary>Get-StationProtocol: the protocols and suites, and what each promises.</summary>
[Cmdlet(VerbsCommon.Get, "StationProtocol", DefaultParameterSetName = ListSet)]
[OutputType(typeof(StationProtocolInfo))]
public sealed class GetStationProtocolCommand : StationCmdlet
{
    private const string ListSet = "List";
    private const string NoiseSet = "Noise";

    /// <summary>Names of protocols, with wildcards. Without it: what sessions can use; the patterns of raw Noise are asked for by 'Noise'.</summary>
    [Parameter(ParameterSetName = ListSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.CatalogCompleter))]
    public string? Protocol { get; set; }

    /// <summary>Handshake patterns, with wildcards.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PatternCompleter))]
    public string? Pattern { get; set; }

    /// <summary>The name of one Noise protocol, with psk modifiers or without.</summary>
    [Parameter(ParameterSetName = NoiseSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.NoiseProtocolCompleter))]
    public string NoiseProtocol { get; set; } = "";

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName == NoiseSet ? NoiseProtocol : Protocol;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == NoiseSet)
        {
            WriteObject(ProtocolCatalog.Describe(NoiseProtocol));
            return;
        }

        WildcardPattern? name = Protocol is null ? null : WildcardPattern.Get(Protocol, WildcardOptions.IgnoreCase);
        WildcardPattern? pattern = Pattern is null ? null : WildcardPattern.Get(Pattern, WildcardOptions.IgnoreCase);
        StationProtocolInfo[] found =
        [
            .. ProtocolCatalog.All.Where(protocol => name?.IsMatch(protocol.Protocol) ?? (Pattern is not null || protocol.Protocol != ProtocolCatalog.NoiseName))
                .Where(protocol => pattern?.IsMatch(protocol.Pattern ?? "") ?? true),
        ];
        if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters($"{Protocol}{Pattern}"))
        {
            throw new StationException(StationFault.NotFound, $"There is no protocol '{Protocol}'{(Pattern is null ? "" : $" with the pattern '{Pattern}'")}.") { Subject = StationSubject.Protocol };
        }

        WriteObject(found, enumerateCollection: true);
    }
}
