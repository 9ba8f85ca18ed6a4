namespace SecureStation.Core.Storage;

/// <summary>What is wrong with a file of a store, and what helps.</summary>
/// <param name="Why">"is …", "can be …": goes on after the file's name.</param>
/// <param name="Remedy">A sentence.</param>
/// <param name="Subject">What advice depends on.</param>
internal sealed record FileFlaw(string Why, string Remedy, StationSubject Subject)
{
    /// <summary>It is a link. Other rights would change what it leads to, and it would still be one.</summary>
    public static FileFlaw Link { get; } = new("is a symbolic link", "A store holds no links: put the file itself there.", StationSubject.Link);

    /// <summary>It is another user's, who can change its rights.</summary>
    public static FileFlaw Foreign { get; } = new("belongs to another user", "Find out who put it there; if it is right, put a copy of your own in its place.", StationSubject.ForeignFile);

    /// <summary>Others can do what its guard forbids.</summary>
    /// <param name="path">The file.</param>
    /// <param name="done">"read", "written".</param>
    public static FileFlaw Open(string path, string done) =>
        new($"can be {done} by others on this machine", $"Make it yours alone: chmod 600 '{path}'", StationSubject.OpenFile);
}
