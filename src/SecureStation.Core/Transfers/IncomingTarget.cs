using SecureStation.Core.Storage;

namespace SecureStation.Core.Transfers;

/// <summary>Where a file that comes in is to be: its final path, what is there already, and the unfinished file beside it.</summary>
internal sealed class IncomingTarget
{
    // What the coarsest file systems keep of a time.
    private static readonly TimeSpan s_timeStep = TimeSpan.FromSeconds(2);

    private readonly FileReceiverOptions _options;
    private readonly string _sender;
    private readonly TransferOffer _offer;

    private IncomingTarget(FileReceiverOptions options, string path, string sender, TransferOffer offer)
    {
        _options = options;
        _sender = sender;
        _offer = offer;
        Path = path;
        PartPath = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, PartName.Of(sender, offer));
    }

    /// <summary>The final path.</summary>
    public string Path { get; }

    /// <summary>The path of the unfinished file.</summary>
    public string PartPath { get; }

    /// <summary>The unfinished file.</summary>
    public IPartFile? Part { get; private set; }

    /// <summary>The file that is there under the final name, of that length and time.</summary>
    public ITransferSource? Present { get; private set; }

    /// <summary>Whether there is such a file.</summary>
    public bool IsPresent => Present is not null;

    /// <summary>Finds out.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.UnsafeName"/>; <see cref="StationFault.AlreadyExists"/>; <see cref="StationFault.StorageFailed"/>.
    /// </exception>
    public static IncomingTarget Open(FileReceiver receiver, string sender, TransferOffer offer)
    {
        string path = receiver.Folder.Prepare(offer.Parts, receiver.Quota.TakeFile);
        var target = new IncomingTarget(receiver.Options, path, sender, offer);
        FileSystemInfo? found = StorageErrors.Map(path, () => DestinationFolder.Look(path));
        if (found is FileInfo file && IsSame(file, offer))
        {
            target.Present = new SourceFile(path);
        }
        else if (found is not null && !(receiver.Options.Overwrite && found is FileInfo))
        {
            throw AlreadyThere();
        }

        return target;
    }

    /// <summary>Opens the unfinished file, or begins it.</summary>
    public void OpenPart() => Part = _options.OpenPart(Path, _sender, _offer);

    /// <summary>The file that is there is another.</summary>
    public void ForgetPresent()
    {
        Present?.Dispose();
        Present = null;
    }

    /// <summary>Gives the file its name.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/>: there is one by now; <see cref="StationFault.StorageFailed"/>.</exception>
    public void Keep()
    {
        if (!StorageErrors.Map(Path, () => Part!.Keep(_offer, _options.Overwrite)))
        {
            throw AlreadyThere();
        }
    }

    /// <summary>Lets go of everything; of the unfinished file so much stays.</summary>
    public void Close(long bytesAgreed)
    {
        ForgetPresent();
        try
        {
            Part?.Truncate(bytesAgreed);
        }
        finally
        {
            Part?.Dispose();
        }
    }

    private static bool IsSame(FileInfo file, TransferOffer offer) =>
        !DestinationFolder.IsLink(file)
        && file.Length == offer.Length
        && TransferOffer.FromWire(offer.Modified) is { } modified
        && (file.LastWriteTimeUtc - modified).Duration() < s_timeStep;

    private static StationException AlreadyThere() => new(StationFault.AlreadyExists, "There is another file of that name already.");
}
