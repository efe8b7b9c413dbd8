namespace SmartCity;

/// <summary>The words of the current request's language: a module's <c>Resources/{language}.json</c>, over which a city
/// pack may lay its own.</summary>
public interface IWords
{
    /// <summary>Two-letter code of the current language.</summary>
    string Language { get; }

    /// <summary>The text of a key; the key itself when no catalogue has it (counted, and logged once).</summary>
    string this[string key] { get; }

    /// <summary>The text of a key with <c>{0}</c>, <c>{1}</c>… filled in by the current culture. When the first argument
    /// is a whole number and the catalogue has plural forms (<c>key.one</c>, <c>key.few</c>, <c>key.many</c>,
    /// <c>key.other</c>), the form of that number is used.</summary>
    string Of(string key, params object?[] arguments);

    /// <summary>The title of a contribution in the current language, with the city pack's word first.</summary>
    string Title(Contribution contribution);

    /// <summary>True when the catalogue of the current language, or of a fallback, has the key.</summary>
    bool Has(string key);
}
