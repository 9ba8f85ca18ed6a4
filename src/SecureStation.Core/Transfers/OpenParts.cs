using System.Collections.Concurrent;

namespace SecureStation.Core.Transfers;

/// <summary>
/// The unfinished files that this process writes to. A sender whose connection broke comes back before its old session is known to be dead, and one whose
/// process died goes on with its session but not with its transfers: then the new transfer takes the file over from the old.
/// </summary>
internal static class OpenParts
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly ConcurrentDictionary<string, IncomingFile> s_files = new(StringComparer.Ordinal);

    /// <summary>Has the file, once another session's transfer that had it is over.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TransferBusy"/>: a transfer that is under way in the same session has it, or the other does not let go.</exception>
    public static async Task TakeAsync(string path, IncomingFile file)
    {
        while (!s_files.TryAdd(path, file))
        {
            if (!s_files.TryGetValue(path, out IncomingFile? other))
            {
                continue;
            }

            if (other.Session == file.Session && !other.IsLeftBehind)
            {
                throw Busy(null);
            }

            other.Cancel(new StationException(StationFault.TransferCanceled, "The sender goes on with the file in another transfer."));
            try
            {
                await other.LetGo.WaitAsync(s_patience).ConfigureAwait(true);
            }
            catch (TimeoutException e)
            {
                throw Busy(e);
            }
        }
    }

    public static void Return(string path, IncomingFile file) => s_files.TryRemove(new KeyValuePair<string, IncomingFile>(path, file));

    private static StationException Busy(Exception? inner) => new(StationFault.TransferBusy, "Another transfer of this file is under way.", inner);
}
