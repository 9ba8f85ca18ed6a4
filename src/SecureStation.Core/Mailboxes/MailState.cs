namespace SecureStation.Core.Mailboxes;

/// <summary>Which of the letters of a box are meant.</summary>
public enum MailState
{
    /// <summary>What waits to be read.</summary>
    Waiting,

    /// <summary>What nobody could finish, with the reason.</summary>
    Dead,
}
