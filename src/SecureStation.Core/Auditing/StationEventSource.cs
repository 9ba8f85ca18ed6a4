using System.Diagnostics.Tracing;

namespace SecureStation.Core.Auditing;

/// <summary>
/// The event source <c>SecureStation</c>: the trail's events for tools such as dotnet-trace, and counters for <c>dotnet-counters monitor --counters
/// SecureStation</c>: sessions open, messages and body bytes a second each way, refusals. The counters cost nothing until somebody asks for them.
/// </summary>
[EventSource(Name = "SecureStation")]
internal sealed class StationEventSource : EventSource
{
    private readonly Lock _gate = new();
    private DiagnosticCounter[] _counters = [];
    private long _refusals;

    private StationEventSource()
    {
    }

    /// <summary>The source of the process: the runtime wants one of a name.</summary>
    public static StationEventSource Log { get; } = new();

    /// <summary>Connections refused until now.</summary>
    [NonEvent]
    public long Refusals() => Interlocked.Read(ref _refusals);

    /// <summary>Counts an event of the trail, and passes it on.</summary>
    [NonEvent]
    public void Report(AuditEvent happened)
    {
        if (happened.Kind == AuditEventKind.Refused)
        {
            Interlocked.Increment(ref _refusals);
        }

        if (IsEnabled())
        {
            Happened(
                happened.Kind.ToString(),
                happened.Session ?? string.Empty,
                ForeignText.Show(happened.Peer),
                happened.Fingerprint ?? string.Empty,
                happened.Address ?? string.Empty,
                ForeignText.Show(happened.Reason),
                ForeignText.Show(happened.Detail));
        }
    }

    /// <summary>An event of the trail.</summary>
    [Event(1, Level = EventLevel.Informational)]
    private void Happened(string kind, string session, string peer, string fingerprint, string address, string reason, string detail) =>
        WriteEvent(1, kind, session, peer, fingerprint, address, reason, detail);

    /// <inheritdoc/>
    protected override void OnEventCommand(EventCommandEventArgs command)
    {
        if (command.Command != EventCommand.Enable)
        {
            return;
        }

        lock (_gate)
        {
            if (_counters.Length > 0)
            {
                return;
            }

            _counters =
            [
                new PollingCounter("sessions", this, static () => SessionTotals.Open) { DisplayName = "Open sessions" },
                Rate("messages-sent", "Messages sent", static () => SessionTotals.MessagesSent),
                Rate("messages-received", "Messages received", static () => SessionTotals.MessagesReceived),
                Rate("bytes-sent", "Body bytes sent", static () => SessionTotals.BytesSent),
                Rate("bytes-received", "Body bytes received", static () => SessionTotals.BytesReceived),
                Rate("refusals", "Connections refused", () => Refusals()),
            ];
        }
    }

    private IncrementingPollingCounter Rate(string name, string title, Func<double> total) =>
        new(name, this, total) { DisplayName = title, DisplayRateTimeScale = TimeSpan.FromSeconds(1) };
}
