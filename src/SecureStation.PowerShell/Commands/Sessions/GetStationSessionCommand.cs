using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;

namespace SecureStation.Commands;

/// <summary>Get-StationSession: the sessions of this process, or of one listener.</summary>
[Cmdlet(VerbsCommon.Get, "StationSession")]
[OutputType(typeof(StationSession))]
public sealed class GetStationSessionCommand : StationCmdlet
{
    /// <summary>Ids, with wildcards.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.SessionIdCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Id { get; set; } = ["*"];

    /// <summary>The listener whose sessions are wanted.</summary>
    [Parameter(ValueFromPipeline = true)]
    public StationListener? Listener { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        IReadOnlyList<StationSession> sessions = Listener?.Sessions ?? StationRegistry.Current.Sessions;
        foreach (string id in Id)
        {
            var pattern = WildcardPattern.Get(id, WildcardOptions.IgnoreCase);
            StationSession[] matches = [.. sessions.Where(session => pattern.IsMatch(session.Id))];
            if (matches.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(id))
            {
                WriteFailure(new StationException(StationFault.NotFound, $"No session of this process has the id '{id}'.") { Subject = StationSubject.Session }, id);
            }

            WriteObject(matches, enumerateCollection: true);
        }
    }
}
