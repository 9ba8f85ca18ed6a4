namespace SecureStation.Core.Mailboxes;

/// <summary>Where an engine keeps what is larger than its letters, by random names, until some days after the longest life of mail.</summary>
public interface IMailObjects
{
    /// <summary>Keeps it. A name is used once.</summary>
    Task PutAsync(string box, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>All of it; null where it is not there, or not whole.</summary>
    /// <param name="box">The recipient's box.</param>
    /// <param name="name">The name.</param>
    /// <param name="length">Its bytes, as the sealed letter says.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<byte[]?> FindAsync(string box, string name, int length, CancellationToken cancellationToken);

    /// <summary>Forgets it.</summary>
    Task RemoveAsync(string box, string name, int length, CancellationToken cancellationToken);
}
