namespace SecureStation.Fuzz;

/// <summary>
/// Something that reads bytes of others. It must end quickly, with a result or with the refusal that its contract names: anything else is a find.
/// </summary>
public interface IFuzzTarget
{
    /// <summary>Its name on the command line, and that of its folder in <c>found</c>.</summary>
    string Name { get; }

    /// <summary>Inputs that are good, or nearly: what mutations begin with.</summary>
    IEnumerable<byte[]> Corpus();

    /// <summary>Reads an input. True: it was taken for good.</summary>
    /// <exception cref="Core.StationException">It was refused, as it may be.</exception>
    bool Run(byte[] input);
}
