namespace SecureStation.Core.Storage;

/// <summary>One line of a file.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Bytes">Without its end; empty where something is wrong with it. Good until the next line is read.</param>
/// <param name="Flaw">What is wrong with the line.</param>
internal readonly record struct FileLine(long Number, ReadOnlyMemory<byte> Bytes, FileLineFlaw Flaw);
