using System.Text;
using SecureStation.Core.Messages;
using SecureStation.Core.Requests;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Tests.Requests;

/// <summary>A handler that does what a test says.</summary>
internal sealed class ScriptedHandler(Func<IncomingRequest, Task> run, Func<StationSession, bool>? admits = null) : IRequestHandler
{
    public int Disposed { get; private set; }

    public static RequestValue Text(string text) => new(StationMessageKind.Text, Encoding.UTF8.GetBytes(text));

    public static string Read(RequestValue value) => Encoding.UTF8.GetString(value.Body.Span);

    public bool Admits(StationSession session) => admits?.Invoke(session) ?? true;

    public Task RunAsync(IncomingRequest request) => run(request);

    public void Dispose() => Disposed++;
}
