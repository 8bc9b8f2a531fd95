
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('monitoring', '0001_initial'),
        ('ratings', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Candidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(choices=[('rating', 'from the rating'), ('application', 'by application')], default='rating', max_length=12, verbose_name='origin')),
                ('application', models.TextField(blank=True, verbose_name='application')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='applied at')),
                ('value', models.FloatField(null=True, verbose_name='what the nomination is ordered by')),
                ('left_at', models.CharField(blank=True, choices=[('long_list', 'long list'), ('gate', 'conditions of taking part'), ('short_list', 'short list'), ('jury', 'jury'), ('vote', 'popular vote'), ('places', 'final places'), ('protocol', 'protocol')], max_length=12, verbose_name='out after')),
                ('reason', models.CharField(blank=True, choices=[('no_data', 'no data for this nomination'), ('won_before', 'won in the years before'), ('best_of_best', 'won in the years before: competes in “Best of the best”'), ('gate', 'does not meet the conditions of taking part'), ('thin', 'too few data, not ranked'), ('nothing', 'nothing could be counted'), ('twice', 'the same person stands higher in this nomination'), ('below', 'below the line of the short list')], max_length=12, verbose_name='why it is out')),
                ('votes', models.PositiveIntegerField(null=True, verbose_name='votes')),
                ('votes_source', models.CharField(blank=True, max_length=300, verbose_name='source of the votes')),
                ('points', models.FloatField(null=True, verbose_name='final points')),
                ('place', models.PositiveIntegerField(null=True, verbose_name='place')),
                ('applied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='applied by')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='monitoring.institution', verbose_name='institution')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='monitoring.page', verbose_name='page')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='monitoring.person', verbose_name='person')),
                ('score', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='ratings.score', verbose_name='score')),
            ],
            options={
                'verbose_name': 'candidate',
                'verbose_name_plural': 'candidates',
                'ordering': ['nomination', 'place', '-value', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Contest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('rules', models.JSONField(verbose_name='award rules')),
                ('stages', models.JSONField(default=list, verbose_name='stages')),
                ('stage', models.CharField(choices=[('long_list', 'long list'), ('gate', 'conditions of taking part'), ('short_list', 'short list'), ('jury', 'jury'), ('vote', 'popular vote'), ('places', 'final places'), ('protocol', 'protocol')], default='long_list', max_length=12, verbose_name='stage')),
                ('state', models.CharField(choices=[('running', 'running'), ('signed', 'signed off')], default='running', max_length=8, verbose_name='state')),
                ('by_application', models.BooleanField(default=False, verbose_name='by application')),
                ('applications_until', models.DateField(blank=True, null=True, verbose_name='applications until')),
                ('weights', models.JSONField(default=dict, verbose_name='weights')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('rating', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contests', to='ratings.rating', verbose_name='rating')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contests', to='monitoring.region', verbose_name='region')),
            ],
            options={
                'verbose_name': 'contest',
                'verbose_name_plural': 'contests',
                'ordering': ['-year', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='AwardList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.PositiveSmallIntegerField(default=1, verbose_name='edition')),
                ('proposed_at', models.DateTimeField(verbose_name='proposed at')),
                ('signed_at', models.DateTimeField(null=True, verbose_name='signed off at')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='sha256 of the list')),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='signed off by')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lists', to='awards.contest', verbose_name='contest')),
            ],
            options={
                'verbose_name': 'award list',
                'verbose_name_plural': 'award lists',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('best', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1)], verbose_name='best mark')),
                ('weight', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='weight')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='awards.contest', verbose_name='contest')),
            ],
            options={
                'verbose_name': 'criterion',
                'verbose_name_plural': 'criteria',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='JuryMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('expert', models.CharField(max_length=200, verbose_name='expert')),
                ('mark', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='mark')),
                ('entered_at', models.DateTimeField(verbose_name='entered at')),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jury_marks', to='awards.candidate', verbose_name='candidate')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='awards.criterion', verbose_name='criterion')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
            ],
            options={
                'verbose_name': 'mark of the jury',
                'verbose_name_plural': 'marks of the jury',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Nomination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('rule', models.CharField(max_length=60, verbose_name='award rule')),
                ('value', models.CharField(blank=True, max_length=255, verbose_name='divided by')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nominations', to='awards.contest', verbose_name='contest')),
            ],
            options={
                'verbose_name': 'nomination',
                'verbose_name_plural': 'nominations',
                'ordering': ['position', 'name'],
            },
        ),
        migrations.AddField(
            model_name='candidate',
            name='nomination',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='candidates', to='awards.nomination', verbose_name='nomination'),
        ),
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=400, verbose_name='title')),
                ('place', models.PositiveIntegerField(null=True, verbose_name='place')),
                ('tie', models.BooleanField(default=False, verbose_name='shares the place')),
                ('degree', models.PositiveSmallIntegerField(choices=[(0, 'laureate'), (1, 'I degree'), (2, 'II degree'), (3, 'III degree')], default=0, verbose_name='degree')),
                ('points', models.FloatField(null=True, verbose_name='points')),
                ('state', models.CharField(choices=[('proposed', 'proposed by the rules'), ('confirmed', 'confirmed'), ('added', 'added by an official'), ('removed', 'taken away by an official')], default='proposed', max_length=9, verbose_name='state')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('instead_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaced_by', to='awards.award', verbose_name='instead of')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='monitoring.institution', verbose_name='institution')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='monitoring.page', verbose_name='page')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='monitoring.person', verbose_name='person')),
                ('score', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='ratings.score', verbose_name='score')),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='awards', to='awards.awardlist', verbose_name='award list')),
                ('nomination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='awards.nomination', verbose_name='nomination')),
            ],
            options={
                'verbose_name': 'award',
                'verbose_name_plural': 'awards',
                'ordering': ['nomination__position', 'nomination__name', 'place', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PaperJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('xlsx', 'award list, Excel workbook'), ('csv', 'award list, CSV for a Russian Excel'), ('plain_csv', 'award list, CSV for programs (RFC 4180)'), ('order', 'order to be signed, Word'), ('list', 'award list, PDF'), ('diplomas', 'diplomas, one PDF'), ('diplomas_zip', 'diplomas, a file for each winner')], max_length=12, verbose_name='document')),
                ('degree', models.PositiveSmallIntegerField(null=True, verbose_name='degree')),
                ('state', models.CharField(choices=[('waiting', 'waits'), ('running', 'being made'), ('ready', 'ready'), ('failed', 'could not be made')], default='waiting', max_length=8, verbose_name='state')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='done')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='of')),
                ('file', models.CharField(blank=True, max_length=80, verbose_name='file')),
                ('size', models.PositiveBigIntegerField(null=True, verbose_name='size in bytes')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('lease_until', models.DateTimeField(null=True, verbose_name='held until')),
                ('asked_at', models.DateTimeField(verbose_name='asked for at')),
                ('ready_at', models.DateTimeField(null=True, verbose_name='ready at')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='awards.awardlist', verbose_name='award list')),
                ('nomination', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='awards.nomination', verbose_name='nomination')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='QualityMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=400, verbose_name='title')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='code')),
                ('issued_on', models.DateField(verbose_name='issued on')),
                ('valid_until', models.DateField(verbose_name='valid until')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='withdrawn at')),
                ('reason', models.TextField(blank=True, verbose_name='why it was withdrawn')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='awards.contest', verbose_name='contest')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quality_marks', to='monitoring.page', verbose_name='page')),
                ('score', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ratings.score', verbose_name='score')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withdrawn by')),
            ],
            options={
                'verbose_name': 'quality mark',
                'verbose_name_plural': 'quality marks',
                'ordering': ['-year', 'page'],
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('order', 'order'), ('list', 'award list'), ('diploma', 'diploma'), ('certificate', 'certificate of a training'), ('reminder', 'letter to those who lag')], max_length=12, verbose_name='document')),
                ('texts', models.JSONField(default=dict, verbose_name='texts')),
                ('crest', models.BinaryField(null=True, verbose_name='crest')),
                ('signature', models.BinaryField(null=True, verbose_name='signature')),
                ('docx', models.BinaryField(null=True, verbose_name='Word template')),
                ('changed_at', models.DateTimeField(verbose_name='changed at')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wordings', to='monitoring.region', verbose_name='region')),
            ],
            options={
                'verbose_name': 'wording of a document',
                'verbose_name_plural': 'wordings of documents',
            },
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.UniqueConstraint(models.F('region'), models.F('year'), models.F('title'), name='contest_once'),
        ),
        migrations.AddConstraint(
            model_name='awardlist',
            constraint=models.UniqueConstraint(models.F('contest'), models.F('edition'), name='award_list_edition_once'),
        ),
        migrations.AddConstraint(
            model_name='awardlist',
            constraint=models.UniqueConstraint(models.F('contest'), condition=models.Q(('signed_at', None)), name='award_list_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.UniqueConstraint(models.F('contest'), models.F('name'), name='criterion_once'),
        ),
        migrations.AddConstraint(
            model_name='jurymark',
            constraint=models.UniqueConstraint(models.F('candidate'), models.F('criterion'), models.F('expert'), name='jury_mark_once'),
        ),
        migrations.AddConstraint(
            model_name='nomination',
            constraint=models.UniqueConstraint(models.F('contest'), models.F('name'), name='nomination_name_once'),
        ),
        migrations.AddConstraint(
            model_name='nomination',
            constraint=models.UniqueConstraint(models.F('contest'), models.F('rule'), models.F('value'), name='nomination_once'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.UniqueConstraint(models.F('nomination'), models.F('score'), name='candidate_once'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.UniqueConstraint(models.F('list'), models.F('nomination'), models.F('person'), condition=models.Q(('person__isnull', False), models.Q(('state', 'removed'), _negated=True)), name='award_person_once'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.UniqueConstraint(models.F('list'), models.F('nomination'), models.F('page'), condition=models.Q(('state', 'removed'), _negated=True), name='award_page_once'),
        ),
        migrations.AddConstraint(
            model_name='qualitymark',
            constraint=models.UniqueConstraint(models.F('contest'), models.F('page'), name='quality_mark_once'),
        ),
        migrations.AddConstraint(
            model_name='qualitymark',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('issued_on'))), name='quality_mark_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='wording',
            constraint=models.UniqueConstraint(models.F('region'), models.F('kind'), name='wording_once'),
        ),
    ]
