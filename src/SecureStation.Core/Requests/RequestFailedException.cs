namespace SecureStation.Core.Requests;

/// <summary>A handler failed (<see cref="StationFault.HandlerFailed"/>): what it said of its error. Thrown by a handler, it is what the asker gets.</summary>
public sealed class RequestFailedException : StationException
{
    /// <summary>An error of a handler.</summary>
    /// <param name="errorId">Its id, as scripts test it.</param>
    /// <param name="category">Its category, by PowerShell's names.</param>
    /// <param name="message">Its text, without stack or paths.</param>
    public RequestFailedException(string errorId, string category, string message)
        : base(StationFault.HandlerFailed, message)
    {
        ErrorId = errorId;
        Category = category;
    }

    /// <summary>The error's id on the side of the handler.</summary>
    public string ErrorId { get; }

    /// <summary>The error's category on the side of the handler.</summary>
    public string Category { get; }
}
