using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Indicators;

[DbContext(typeof(IndicatorsDb)), Migration("20261122120000_Indicators")]
internal sealed class CreateIndicators : ModuleMigration
{
    protected override string ModuleKey => IndicatorsDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        if (IsPostgres) m.EnsureSchema(Schema!);
        m.CreateTable(Table("versions"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            Indicator = t.Column<string>(maxLength: 60),
            Area = t.Column<string>(maxLength: 40),
            Period = t.Column<string>(maxLength: 10),
            Value = t.Column<double>(nullable: true),
            Was = t.Column<double>(nullable: true),
            At = t.Column<long>(),
            Person = t.Column<string>(maxLength: 64),
            Why = t.Column<string>(maxLength: 300),
            Import = t.Column<long>(nullable: true),
        }, constraints: t => t.PrimaryKey("PK_indicators_versions", x => x.Id));
        m.CreateIndex("IX_indicators_versions_value", Table("versions"), ["Indicator", "Area", "Period"], schema: Schema);
        m.CreateTable(Table("definitions"), schema: Schema, columns: t => new
        {
            Key = t.Column<string>(maxLength: 60),
            Json = t.Column<string>(),
            At = t.Column<long>(),
            Person = t.Column<string>(maxLength: 64),
        }, constraints: t => t.PrimaryKey("PK_indicators_definitions", x => x.Key));
        m.CreateTable(Table("disputes"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            Indicator = t.Column<string>(maxLength: 60),
            Area = t.Column<string>(maxLength: 40),
            Period = t.Column<string>(maxLength: 10),
            Value = t.Column<double>(nullable: true),
            Text = t.Column<string>(maxLength: 1000),
            Person = t.Column<string>(maxLength: 64),
            At = t.Column<long>(),
            Answer = t.Column<string>(maxLength: 1000, nullable: true),
            AnsweredBy = t.Column<string>(maxLength: 64, nullable: true),
            AnsweredAt = t.Column<long>(nullable: true),
            Agreed = t.Column<bool>(),
        }, constraints: t => t.PrimaryKey("PK_indicators_disputes", x => x.Id));
        m.CreateIndex("IX_indicators_disputes_indicator", Table("disputes"), "Indicator", schema: Schema);
        m.CreateTable(Table("imports"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            Person = t.Column<string>(maxLength: 64),
            File = t.Column<string>(maxLength: 200),
            At = t.Column<long>(),
            Rows = t.Column<string>(),
            StoredAt = t.Column<long>(nullable: true),
            UndoneAt = t.Column<long>(nullable: true),
        }, constraints: t => t.PrimaryKey("PK_indicators_imports", x => x.Id));
        m.CreateTable(Table("guesses"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            Indicator = t.Column<string>(maxLength: 60),
            Visitor = t.Column<string>(maxLength: 64),
            First = t.Column<string>(maxLength: 10),
            Values = t.Column<string>(maxLength: 2000),
            At = t.Column<long>(),
        }, constraints: t => t.PrimaryKey("PK_indicators_guesses", x => x.Id));
        m.CreateIndex("IX_indicators_guesses_one", Table("guesses"), ["Indicator", "First", "Visitor"], schema: Schema, unique: true);
        m.CreateTable(Table("downloads"), schema: Schema, columns: t => new
        {
            Day = t.Column<int>(),
            Dataset = t.Column<string>(maxLength: 100),
            Format = t.Column<string>(maxLength: 10),
            Count = t.Column<long>(),
        }, constraints: t => t.PrimaryKey("PK_indicators_downloads", x => new { x.Day, x.Dataset, x.Format }));
    }
}
