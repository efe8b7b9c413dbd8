namespace SmartCity;

/// <summary>Who reads: the permissions of the current reader. Two readers with the same permissions are the same audience.</summary>
public interface IAudience
{
    /// <summary>True when the reader holds the permission.</summary>
    bool Can(string permission);
    /// <summary>Short and equal for equal sets of permissions; part of cache keys.</summary>
    string Key { get; }
    /// <summary>Name of the signed-in person, or null.</summary>
    string? UserName { get; }
    /// <summary>Code of the department that the signed-in person works for, or null.</summary>
    string? Department => null;
}
