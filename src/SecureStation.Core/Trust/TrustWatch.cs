using System.Collections.Concurrent;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Trust;

/// <summary>
/// Watches a trust store's directory for whoever has let peers in: told at once of what this process takes back, and within some seconds that another
/// process has changed something. Every change of ours renames or deletes a file, which changes the directory's time; that only says when to look.
/// </summary>
internal sealed class TrustWatch : IDisposable
{
    // All of this process, so that those of one directory hear of each other's stores.
    private static readonly ConcurrentDictionary<TrustWatch, string> s_all = new();

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    // A second change within one tick of the file system's clock leaves the same time: so one that is younger than this is looked at again.
    private static readonly TimeSpan s_longestTick = TimeSpan.FromSeconds(3);

    // Where the directory's time says nothing, as on some network file systems.
    private const int LooksUntilAnyway = 15;

    private readonly string _directory;
    private readonly Action<Fingerprint?> _changed;
    private readonly Timer _timer;
    private DateTime _seen;
    private int _looks;
    private int _isLooking;

    public TrustWatch(string directory, Action<Fingerprint?> changed)
    {
        _directory = directory;
        _changed = changed;
        _seen = Directory.GetLastWriteTimeUtc(directory);
        s_all[this] = directory;
        _timer = new Timer(static self => ((TrustWatch)self!).Look(), this, s_interval, s_interval);
    }

    /// <summary>Tells those who watch this directory in this process that trust in the key was withdrawn.</summary>
    public static void Announce(string directory, Fingerprint key)
    {
        foreach ((TrustWatch watch, string watched) in s_all)
        {
            if (watched == directory)
            {
                watch.Tell(key);
            }
        }
    }

    /// <summary>Tells those who watch this directory in this process that what peers may do has changed.</summary>
    public static void AnnounceChange(string directory)
    {
        foreach ((TrustWatch watch, string watched) in s_all)
        {
            if (watched == directory)
            {
                watch.Tell(null);
            }
        }
    }

    public void Dispose()
    {
        s_all.TryRemove(this, out _);
        _timer.Dispose();
    }

    private void Look()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) != 0)
        {
            return; // the last look still goes on
        }

        try
        {
            DateTime time = Directory.GetLastWriteTimeUtc(_directory);
            _looks++;
            if (time != _seen || DateTime.UtcNow - time < s_longestTick || _looks >= LooksUntilAnyway)
            {
                _seen = time;
                _looks = 0;
                Tell(null);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not to be seen now: the next look may.
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    private void Tell(Fingerprint? key)
    {
        try
        {
            _changed(key);
        }
        catch (Exception)
        {
            // Whoever watches must not be able to make a change of the store fail, nor end the process.
        }
    }
}
